# Finds TensorRT's headers and sorts them by ABI family.
#
# find_tensorrt_headers() sets, for each family in tb_families that has headers,
#   FAMILY_newest, FAMILY_oldest   the include directories
# and tb_cuda, the directory of CUDA's header or of its stand-in.

set(tb_families rtx14 rtx15 trt10 trt11)

# classify(DIR): the family and version of the headers in DIR; empty if there are none.
function(classify dir family_out version_out)
  set(${family_out} "" PARENT_SCOPE)
  set(${version_out} "" PARENT_SCOPE)
  if(NOT EXISTS ${dir}/NvInfer.h OR NOT EXISTS ${dir}/NvInferVersion.h)
    return()
  endif()
  file(STRINGS ${dir}/NvInferVersion.h lines REGEX "#define [A-Z_]+ [0-9]+")
  set(product "")
  foreach(line IN LISTS lines)
    # TensorRT-RTX calls itself version 1 of TensorRT; only this macro tells.
    if(line MATCHES "#define (TRT_(MAJOR|MINOR|PATCH)_(RTX|ENTERPRISE)|NV_TENSORRT_(MAJOR|MINOR|PATCH)) ([0-9]+)")
      set(${CMAKE_MATCH_2}${CMAKE_MATCH_4} ${CMAKE_MATCH_5})
      if(CMAKE_MATCH_3 STREQUAL RTX)
        set(product rtx)
      endif()
    endif()
  endforeach()
  set(version ${MAJOR}.${MINOR}.${PATCH})
  if(product STREQUAL rtx AND version VERSION_LESS 1.5)
    set(family rtx14)
  elseif(product STREQUAL rtx)
    set(family rtx15)
  else()
    set(family trt${MAJOR})
  endif()
  # 10.8 has an ABI of its own, and headers before 10.7 lack layers that the shim
  # guards at run time.
  if(family STREQUAL trt10 AND (MINOR EQUAL 8 OR MINOR LESS 7))
    return()
  endif()
  if(family IN_LIST tb_families)
    set(${family_out} ${family} PARENT_SCOPE)
    set(${version_out} ${version} PARENT_SCOPE)
  endif()
endfunction()

function(find_tensorrt_headers)
  set(dirs "")
  if(TENSORRT_ROOT)
    list(APPEND dirs ${TENSORRT_ROOT}/include ${TENSORRT_ROOT}/include/${CMAKE_LIBRARY_ARCHITECTURE})
  endif()
  list(APPEND dirs /usr/include/${CMAKE_LIBRARY_ARCHITECTURE} /usr/include /usr/local/include)
  file(GLOB sdk_dirs ${TRTBUILD_SDK_DIR}/headers/TensorRT-Headers/TRT-*)
  list(APPEND dirs ${sdk_dirs})

  foreach(dir IN LISTS dirs)
    classify(${dir} family version)
    if(NOT family)
      continue()
    endif()
    if(NOT ${family}_newest OR version VERSION_GREATER ${family}_newest_version)
      set(${family}_newest ${dir})
      set(${family}_newest_version ${version})
    endif()
    if(NOT ${family}_oldest OR version VERSION_LESS ${family}_oldest_version)
      set(${family}_oldest ${dir})
      set(${family}_oldest_version ${version})
    endif()
  endforeach()

  set(found "")
  foreach(family IN LISTS tb_families)
    if(${family}_newest)
      list(APPEND found "${family} (${${family}_oldest_version} to ${${family}_newest_version})")
      set(${family}_newest ${${family}_newest} PARENT_SCOPE)
      set(${family}_oldest ${${family}_oldest} PARENT_SCOPE)
    endif()
  endforeach()
  if(NOT found)
    message(FATAL_ERROR "no TensorRT headers found: run 'make sdk' (cbridge/sdk.sh) or set TENSORRT_ROOT")
  endif()
  list(JOIN found ", " found)
  message(STATUS "TensorRT headers: ${found}")

  # TensorRT's headers use two names of CUDA's; the SDK has a stand-in.
  find_path(tb_cuda cuda_runtime_api.h
    HINTS ${TRTBUILD_SDK_DIR}/headers/TensorRT-Headers
    PATHS /usr/local/cuda/include REQUIRED)
endfunction()
